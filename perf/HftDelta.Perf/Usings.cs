// What drives and records a load is the node's, which has a verb for it: hftdelta bench.
global using HftDelta.Node.Load;
