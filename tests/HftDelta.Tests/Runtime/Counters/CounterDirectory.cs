namespace HftDelta.Tests.Runtime.Counters;

/// <summary>A directory of its own for each test, and the counter file in it.</summary>
internal sealed class CounterDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hftdelta-counters-").FullName;

    public string File => System.IO.Path.Combine(Path, "counters");

    /// <summary>The bytes as any program reads them, not through the code under test.</summary>
    public byte[] ReadFile()
    {
        using var stream = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
