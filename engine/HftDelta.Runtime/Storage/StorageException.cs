namespace HftDelta.Runtime.Storage;

/// <summary>What a storage refused; the agent that owns the file decides what follows.</summary>
public enum StorageFault
{
    /// <summary>The system refused for a reason of its own.</summary>
    Refused = 0,

    /// <summary>There is no such file.</summary>
    NotFound = 1,

    /// <summary>The file that was to be made is already there.</summary>
    AlreadyExists = 2,

    /// <summary>The file has no bytes.</summary>
    Empty = 3,

    /// <summary>The disk or a quota is full; nothing was left behind.</summary>
    NoSpace = 4,

    /// <summary>The device failed while syncing: what it holds is unknown, the process must stop.</summary>
    SyncFailed = 5,

    /// <summary>Another process holds the lock.</summary>
    Locked = 6,
}

/// <summary>An operating error of a storage: what happened and to which file.</summary>
public sealed class StorageException : IOException
{
    private const int ErrorDiskFull = unchecked((int)0x8007_0070);

    public StorageException()
    {
    }

    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StorageException(StorageFault fault, string file, string reason, Exception? cause = null)
        : base($"{file}: {Words(fault)}: {reason}.", cause)
    {
        Fault = fault;
        FileName = file;
    }

    public StorageFault Fault { get; }

    public string FileName { get; } = "";

    /// <summary>Names the fault that the class library reported.</summary>
    public static StorageException From(Exception refusal, string file)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        var fault = refusal switch
        {
            FileNotFoundException or DirectoryNotFoundException => StorageFault.NotFound,
            IOException when refusal.HResult is ErrorDiskFull or 28 => StorageFault.NoSpace,
            IOException when File.Exists(file) => StorageFault.AlreadyExists,
            _ => StorageFault.Refused,
        };
        return new StorageException(fault, file, refusal.Message.TrimEnd('.'), refusal);
    }

    private static string Words(StorageFault fault) => fault switch
    {
        StorageFault.NotFound => "not found",
        StorageFault.AlreadyExists => "already exists",
        StorageFault.Empty => "empty",
        StorageFault.NoSpace => "no space",
        StorageFault.SyncFailed => "sync failed",
        StorageFault.Locked => "locked by another process",
        _ => "refused",
    };
}
