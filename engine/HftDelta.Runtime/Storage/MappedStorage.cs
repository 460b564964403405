namespace HftDelta.Runtime.Storage;

/// <summary>
/// The seam between what keeps files and the disk: one flat directory of files that are mapped whole. Only cold paths call
/// it; hot paths write through <see cref="StorageFile.Pointer"/>, which is plain memory in every implementation. Real:
/// <see cref="FileStorage"/>; in memory with crashes and faults: the simulator's.
/// </summary>
public abstract class MappedStorage
{
    /// <summary>Where the files are, for messages.</summary>
    public abstract string Location { get; }

    /// <summary>
    /// Names the present run of the operating system: what was written into mapped memory during it is still there. Empty: not
    /// known.
    /// </summary>
    public virtual Guid SystemRunId => Guid.Empty;

    /// <summary>
    /// Makes a file of zeros with all its blocks reserved; its name is durable after <see cref="SyncDirectory"/>.
    /// </summary>
    /// <exception cref="StorageException">Exists already, no space, or refused; nothing is left behind.</exception>
    public abstract StorageFile CreateFile(string name, long lengthBytes);

    /// <summary>Maps a file that exists.</summary>
    /// <exception cref="StorageException">Not there or refused.</exception>
    public abstract StorageFile OpenFile(string name, bool writable);

    /// <summary>
    /// Says that a file will be read whole soon, so that the device brings it in meanwhile. A hint: whether it helps, or the file
    /// is there at all, is not told.
    /// </summary>
    public virtual void WillRead(string name)
    {
    }

    /// <summary>Opens a file to read its first bytes and no others, which may cost less.</summary>
    /// <exception cref="StorageException">Not there or refused.</exception>
    public virtual StorageFile OpenHead(string name, int lengthBytes) => OpenFile(name, writable: false);

    /// <summary>Names of all files, in ordinal order.</summary>
    public abstract IReadOnlyList<string> List();

    /// <summary>Length of a file without mapping it.</summary>
    public abstract long LengthBytesOf(string name);

    public abstract bool Exists(string name);

    public abstract void Delete(string name);

    /// <summary>
    /// Gives a file another name at once, in place of a file that has it: whoever looks finds the one or the other, whole.
    /// </summary>
    /// <exception cref="StorageException">Not there or refused.</exception>
    public abstract void Rename(string name, string newName);

    /// <summary>Makes created, renamed and deleted names durable.</summary>
    /// <exception cref="StorageException">The device failed.</exception>
    public abstract void SyncDirectory();

    /// <summary>
    /// Takes a lock that ends with the process at the latest, so that two processes never append to the same files.
    /// </summary>
    /// <exception cref="StorageException">Another holds it.</exception>
    public abstract IDisposable LockExclusive(string name);
}
