"""The outer shell and the composition root: HTTP, SOAP, the upload servlet, the image server's route, the commands."""
