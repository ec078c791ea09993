"""What compiler and device share: names, media types, envelope, settings. Standard library only."""
