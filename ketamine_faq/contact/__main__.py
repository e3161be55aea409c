"""`python -m ketamine_faq.contact` runs the relay."""

from ketamine_faq.contact.relay import main

main()
