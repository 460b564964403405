using HftDelta.Perf.Runtimes;

// The whole of hftdelta-engine (HftDelta.Perf.csproj); no part of hftdelta-bench.
return EnginePeerLoop.Run(Console.In, Console.Out);
