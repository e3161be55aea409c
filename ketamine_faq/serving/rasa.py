"""Rasa's command line for serving, without TensorFlow: `python -m ketamine_faq.serving.rasa run …`.

That takes 40 % off a worker's memory and off its start: docs/operations.md has the figures. Workers that die are
replaced (workers.py), and no message keeps one for long (clock.py).
"""

from ketamine_faq.serving.without_tensorflow import put_aside_for_serving
from ketamine_faq.serving.workers import serve_workers

if __name__ == "__main__":
    put_aside_for_serving()
    import sanic.app
    from rasa.__main__ import main

    from ketamine_faq.serving.clock import watch_the_clock
    from ketamine_faq.serving.rasa_patches import take_shortcuts

    take_shortcuts()
    watch_the_clock()
    sanic.app.serve_multiple = serve_workers
    main()
