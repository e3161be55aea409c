"""Rasa's command line for serving, without TensorFlow: `python -m ketamine_faq.serving.rasa run …`.

That takes 40 % off a worker's memory and off its start: docs/operations.md has the figures. What else is changed in
Rasa is in rasa_patches.py. KETAMINE_FAQ_STOCK_RASA=1 serves Rasa as it is.
"""

from ketamine_faq.serving.quiet import quiet_libraries

if __name__ == "__main__":
    quiet_libraries()
    from ketamine_faq.serving.without_tensorflow import put_aside_for_serving

    put_aside_for_serving()
    from rasa.__main__ import main

    from ketamine_faq.serving.rasa_patches import take_patches

    take_patches()
    main()
