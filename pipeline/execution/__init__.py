"""Where the work of a run is done: in this process, in a pool, on a Dask cluster."""
