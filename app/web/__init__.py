"""The web server: endpoints, guard and password."""
