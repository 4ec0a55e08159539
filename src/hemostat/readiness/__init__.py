"""Is the merchant ready? Which paths to patient data are watched, and which are not."""
