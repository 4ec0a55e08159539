"""One module per subject: a form in, a service called, a page or a part of it out."""
