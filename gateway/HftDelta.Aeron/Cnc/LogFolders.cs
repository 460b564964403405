namespace HftDelta.Aeron.Cnc;

/// <summary>Where the logs of streams lie in an Aeron directory; their names are the numbers that the driver gave out.</summary>
internal static class LogFolders
{
    public const string Publications = "publications";
    public const string Images = "images";
    public const string Extension = ".logbuffer";
}
