"""How fast the job is: `make bench` against the job as the libraries' own pages show it, and
`make bench-country` for the townships of the whole country."""
