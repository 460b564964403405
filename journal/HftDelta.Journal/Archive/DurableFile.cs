using HftDelta.Runtime.Storage;

namespace HftDelta.Journal.Archive;

/// <summary>Files that are there whole or not at all: written beside, synced, and given their name at the end.</summary>
internal static class DurableFile
{
    private const string TemporarySuffix = ".tmp";

    public static void Replace(string path, Action<Stream> write)
    {
        var temporary = path + TemporarySuffix;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        File.Move(temporary, path, overwrite: true);
        new FileStorage(Path.GetDirectoryName(path)!).SyncDirectory();
    }
}
