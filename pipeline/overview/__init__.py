"""总览.html: one page on which the officer sees it all."""
