using HftDelta.Aeron;
using HftDelta.Aeron.Cnc;
using HftDelta.Primitives.Units;
using HftDelta.Runtime.Time;

namespace HftDelta.Tests.Aeron.Cnc;

/// <summary>An Aeron directory on a virtual clock, deleted with the test.</summary>
internal sealed class AeronFolder : IDisposable
{
    public const ulong Millisecond = 1_000_000;
    private const int CounterValuesLengthBytes = 64 * 1024;

    private readonly string _root = Directory.CreateTempSubdirectory("hftdelta-cnc-").FullName;

    public AeronFolder() => Root = Path.Combine(_root, "aeron");

    public string Root { get; }

    public VirtualNanoClock Clock { get; } = new(new TimeNanos(1_795_376_415_424 * Millisecond));

    public long NowMillis => (long)(Clock.Now.Value / Millisecond);

    public AeronOptions Options => new()
    {
        Clock = Clock,
        AeronDirectory = Root,
        CounterValuesLengthBytes = CounterValuesLengthBytes,
        RandomSeed = 1,
    };

    public string Of(string name) => Path.Combine(Root, name);

    public AeronDirectory Open() => AeronDirectory.Open(Root, Options);

    public CncReader Read() => CncReader.Open(Root);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
