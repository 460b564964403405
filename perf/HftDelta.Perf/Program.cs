using HftDelta.Perf;
using HftDelta.Perf.Rings;
using HftDelta.Perf.Runtimes;

return args switch
{
    [RingPeer.Argument] => RingPeerLoop.Run(Console.In, Console.Out),
    [EnginePeerLoop.Argument] => EnginePeerLoop.Run(Console.In, Console.Out),
    _ => BenchCommand.Invoke(args),
};
