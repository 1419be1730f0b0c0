"""What stands between the network and the page: who may come in, how often, and what a browser may run."""
