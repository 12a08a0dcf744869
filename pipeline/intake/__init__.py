"""Reading the workbooks that units send back."""
