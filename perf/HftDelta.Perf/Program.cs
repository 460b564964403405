using HftDelta.Perf;
using HftDelta.Perf.Rings;

return args is [RingPeer.Argument] ? RingPeerLoop.Run(Console.In, Console.Out) : BenchCommand.Invoke(args);
