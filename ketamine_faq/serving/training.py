"""Rasa's command line for training, without TensorFlow: `python -m ketamine_faq.serving.training train …`."""

from ketamine_faq.serving.quiet import quiet_libraries

if __name__ == "__main__":
    quiet_libraries()
    from ketamine_faq.serving.without_tensorflow import put_aside_for_training

    put_aside_for_training()
    from rasa.__main__ import main

    main()
