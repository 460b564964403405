namespace HftDelta.SystemTests.Processes;

/// <summary>A folder for one test, deleted with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("hftdelta-system-").FullName;

    public string Of(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
