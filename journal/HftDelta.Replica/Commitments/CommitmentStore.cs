using HftDelta.Primitives;
using HftDelta.Replica.Faults;
using HftDelta.Replica.Signing;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// What was signed, in the order of epochs, on the device before anybody is told. It is what keeps a replica from ever signing
/// one epoch twice with different content: an epoch that is in here is not signed again. A last entry that a kill or a power
/// cut left torn is cut where <see cref="SignedThroughFile"/> proves that it was never told; anything else that is not what was
/// written is an error. Owner: one thread.
/// </summary>
public sealed class CommitmentStore : IDisposable
{
    /// <summary>The file that the one process which signs holds exclusively.</summary>
    public const string LockName = "replica.lock";

    /// <summary>Length of a file: some 1,600 epochs.</summary>
    public const int FileBytesDefault = 1 << 20;

    private readonly IDisposable _lock;
    private readonly MappedStorage _storage;
    private readonly Bytes32 _domainSeparator;
    private readonly int _fileBytes;
    private readonly int _entriesPerFile;
    private Guid _journalId;
    private SignedThroughFile? _signedThrough;
    private StorageFile? _file;
    private long _fileIndex = -1;

    private CommitmentStore(IDisposable exclusive, MappedStorage storage, Bytes32 domainSeparator, int fileBytes)
    {
        _lock = exclusive;
        _storage = storage;
        _domainSeparator = domainSeparator;
        _fileBytes = fileBytes;
        _entriesPerFile = CommitmentFile.EntriesPerFile(fileBytes);
    }

    /// <summary>Epochs that are signed: 1 to this one.</summary>
    public ulong Count { get; private set; }

    /// <summary>Bytes of a torn last entry were found and cut when it was opened.</summary>
    public bool HasCutTornEntry { get; private set; }

    /// <summary>Opens or makes the store of a directory, for the one process that signs.</summary>
    /// <exception cref="ReplicaException">Damaged, for another contract, held by another process, or a failed device.</exception>
    public static CommitmentStore Open(MappedStorage storage, Bytes32 domainSeparator, int fileBytes = FileBytesDefault)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentOutOfRangeException.ThrowIfLessThan(fileBytes, CommitmentFile.HeaderBytes + CommitmentFile.EntryBytes);
        IDisposable exclusive;
        try
        {
            exclusive = storage.LockExclusive(LockName);
        }
        catch (StorageException refusal)
        {
            throw new ReplicaException(
                ReplicaFault.StoreLocked,
                $"the commitments in {storage.Location} cannot be opened for signing: {refusal.Message.TrimEnd('.')}",
                "stop the other replica, or give each its own directory",
                refusal);
        }

        var store = new CommitmentStore(exclusive, storage, domainSeparator, fileBytes);
        try
        {
            store.Examine();
            return store;
        }
        catch (StorageException refusal)
        {
            store.Dispose();
            throw Refused(refusal, storage);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Says whose epochs these are, before the first is looked for or added.</summary>
    /// <exception cref="ReplicaException">The store holds those of another journal.</exception>
    public void Bind(Guid journalId)
    {
        if (_journalId != Guid.Empty && _journalId != journalId)
        {
            throw new ReplicaException(
                ReplicaFault.StoreForeign,
                $"the commitments in {_storage.Location} are of journal {_journalId}, the leader's is {journalId}; "
                + "nothing was changed",
                "give every journal its own directory of commitments");
        }

        _journalId = journalId;
    }

    /// <summary>What was signed for an epoch; null when nothing was.</summary>
    public SignedCommitment? Find(ulong epoch)
    {
        if (epoch == 0 || epoch > Count)
        {
            return null;
        }

        var (index, entry) = PlaceOf(epoch);
        Check.That(CommitmentFile.TryReadEntry(Enter(index), entry, out var signed));
        return signed;
    }

    /// <summary>Adds the next epoch and waits until it is on the device; only then may it be told.</summary>
    /// <exception cref="ReplicaException">There is no room, or the device failed.</exception>
    public void Append(SignedCommitment signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        Check.That(_journalId != Guid.Empty);
        Check.That(signed.Commitment.Epoch == Count + 1);
        var (index, entry) = PlaceOf(signed.Commitment.Epoch);
        try
        {
            var file = entry == 0 ? Create(index) : Enter(index);
            CommitmentFile.WriteEntry(file, entry, signed);
            file.SyncRange(CommitmentFile.OffsetOf(entry), CommitmentFile.EntryBytes);
            _signedThrough!.Raise(signed.Commitment.Epoch);
        }
        catch (StorageException refusal)
        {
            throw Refused(refusal, _storage);
        }

        Count++;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _signedThrough?.Dispose();
        _lock.Dispose();
    }

    private (long Index, int Entry) PlaceOf(ulong epoch) =>
        ((long)((epoch - 1) / (ulong)_entriesPerFile), (int)((epoch - 1) % (ulong)_entriesPerFile));

    private StorageFile Enter(long index)
    {
        if (_fileIndex != index || _file is null)
        {
            _file?.Dispose();
            _file = _storage.OpenFile(CommitmentFile.NameOf(index), writable: true);
            _fileIndex = index;
        }

        return _file;
    }

    private StorageFile Create(long index)
    {
        var name = CommitmentFile.NameOf(index);
        if (_storage.Exists(name))
        {
            // Made and never used: what it holds was cut, or it has no header.
            _file?.Dispose();
            _file = null;
            _storage.Delete(name);
        }

        _file?.Dispose();
        _file = _storage.CreateFile(name, _fileBytes);
        _fileIndex = index;
        CommitmentFile.WriteHeader(_file, index, _journalId, _domainSeparator);
        _file.SyncRange(0, CommitmentFile.HeaderBytes);
        _storage.SyncDirectory();
        return _file;
    }

    /// <summary>Finds how far entries may have been told, and that they are all there.</summary>
    private void Examine()
    {
        _signedThrough = SignedThroughFile.TryOpen(_storage);
        if (_signedThrough is null)
        {
            if (_storage.Exists(CommitmentFile.NameOf(0)))
            {
                // It is on the device before a first entry can be: without it nobody can tell a torn entry from a damaged one.
                throw DamagedFile(SignedThroughFile.FileName, "is missing or damaged and there are commitments");
            }

            _signedThrough = SignedThroughFile.Create(_storage);
        }

        ExamineEntries();
        if (Count < _signedThrough.Epoch)
        {
            throw DamagedFile(
                SignedThroughFile.FileName, $"says that epochs to {_signedThrough.Epoch} were signed, {Count} are there");
        }

        // What a killed process left whole counts as signed, and is told from now on.
        _signedThrough.Raise(Count);
    }

    /// <summary>Reads every entry in order and stops at the first that is not whole, which must be the end.</summary>
    private void ExamineEntries()
    {
        var previous = Bytes32.Zero;
        for (long index = 0; _storage.Exists(CommitmentFile.NameOf(index)); index++)
        {
            if (!IsBegun(index) || !IsHeaderOurs(Enter(index), index))
            {
                RequireNothingBehind(index);
                return;
            }

            var file = Enter(index);
            for (var entry = 0; entry < _entriesPerFile; entry++)
            {
                if (!CommitmentFile.TryReadEntry(file, entry, out var signed))
                {
                    CutBehind(file, index, entry);
                    return;
                }

                if (signed!.Commitment.Epoch != Count + 1 || signed.Commitment.PreviousCommitment != previous
                    || signed.Commitment.Digest(_domainSeparator) != signed.Digest)
                {
                    throw Damaged(index, entry, "does not continue the one before it");
                }

                previous = signed.Digest;
                Count++;
            }

            // What a killed process left in mapped memory counts as signed, so it goes to the device before it is told.
            file.SyncRange(0, _fileBytes);
        }
    }

    /// <returns>False when the making of the file was interrupted.</returns>
    private bool IsBegun(long index)
    {
        var lengthBytes = _storage.LengthBytesOf(CommitmentFile.NameOf(index));
        if (lengthBytes == 0)
        {
            return false;
        }

        var file = Enter(index);
        if (file.Span(0, (int)lengthBytes).IndexOfAnyExcept((byte)0) < 0)
        {
            return false;
        }

        return lengthBytes == _fileBytes
            ? true
            : throw Damaged(index, -1, $"is {lengthBytes:N0} bytes long and was made with {_fileBytes:N0}");
    }

    /// <returns>False when the header never became whole, which only the last file may be.</returns>
    private bool IsHeaderOurs(StorageFile file, long index)
    {
        if (!CommitmentFile.TryReadHeader(file, index, out var journalId, out var domainSeparator))
        {
            for (var entry = 0; entry < _entriesPerFile; entry++)
            {
                if (!CommitmentFile.IsBlank(file, entry))
                {
                    throw Damaged(index, -1, "has a damaged head");
                }
            }

            return false;
        }

        if (domainSeparator != _domainSeparator || (index > 0 && journalId != _journalId))
        {
            throw new ReplicaException(
                ReplicaFault.StoreForeign,
                $"{CommitmentFile.NameOf(index)} in {_storage.Location} was signed for another chain, contract or journal; "
                + "nothing was changed",
                "give every contract its own directory of commitments");
        }

        _journalId = journalId;
        return true;
    }

    private void CutBehind(StorageFile file, long index, int entry)
    {
        for (var behind = entry + 1; behind < _entriesPerFile; behind++)
        {
            if (!CommitmentFile.IsBlank(file, behind))
            {
                throw Damaged(index, entry, "is damaged and others follow");
            }
        }

        RequireNothingBehind(index);
        if (Count < _signedThrough!.Epoch)
        {
            throw Damaged(index, entry, $"is damaged and was told: epochs to {_signedThrough.Epoch} were signed");
        }

        if (!CommitmentFile.IsBlank(file, entry))
        {
            file.Span(CommitmentFile.OffsetOf(entry), CommitmentFile.EntryBytes).Clear();
            HasCutTornEntry = true;
        }

        file.SyncRange(0, _fileBytes);
    }

    private void RequireNothingBehind(long index)
    {
        if (_storage.Exists(CommitmentFile.NameOf(index + 1)))
        {
            throw Damaged(index, -1, "is not full though the next one was begun");
        }
    }

    private ReplicaException Damaged(long index, int entry, string words)
    {
        var place = entry < 0 ? "" : $" entry {entry}";
        return DamagedFile(CommitmentFile.NameOf(index) + place, words);
    }

    private ReplicaException DamagedFile(string what, string words) =>
        new(
            ReplicaFault.StoreDamaged,
            $"{what} in {_storage.Location} {words}; nothing was changed",
            "restore the directory from a copy; without it this key must not sign for this contract again");

    private static ReplicaException Refused(StorageException refusal, MappedStorage storage)
    {
        var fault = refusal.Fault switch
        {
            StorageFault.NoSpace => ReplicaFault.NoSpace,
            StorageFault.SyncFailed => ReplicaFault.SyncFailed,
            _ => ReplicaFault.StoreDamaged,
        };
        return new ReplicaException(
            fault,
            $"a commitment cannot be stored in {storage.Location}: {refusal.Message.TrimEnd('.')}; it was told to nobody",
            fault == ReplicaFault.NoSpace
                ? "make room and start again"
                : "check the device and the files, then start again; what is stored is compared first",
            refusal);
    }
}
