"""`kasse doctor`: what is well with a till and what is not, one line a finding, for whoever stands before it.

findings   a finding, and how all of them are said
ask        a till that runs is asked over loopback, by the rules of its screens
look       what can be seen without it: the devices of the settings, what is plugged in
board      the settings, the data folder, disk, memory, clock
doctor     all of it, in order
"""
