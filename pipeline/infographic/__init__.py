"""图解: the illustrated version of a report."""
