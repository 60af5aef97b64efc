"""The other end of each wire: simulated devices with faults to inject, and the bench page that works them."""
