"""The console: pages for people at /console, over the functions that SOAP and the commands use."""
