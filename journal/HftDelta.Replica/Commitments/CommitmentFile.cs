using System.Globalization;
using System.Runtime.InteropServices;
using HftDelta.Primitives;
using HftDelta.Primitives.Integrity;
using HftDelta.Replica.Signing;
using HftDelta.Runtime.Storage;

namespace HftDelta.Replica.Commitments;

/// <summary>
/// The layout of the store's files, <c>commitments-0000000000.dat</c> and so on; each holds <see cref="EntriesPerFile"/>
/// entries. The head of a file, 128 bytes, numbers little-endian:
/// <code>
/// offset size field
///      0    8 magic            "HDCOMMT1"
///      8    8 fileIndex        the number in its name
///     16   16 journalId        whose epochs these are
///     32   32 domainSeparator  for which contract
///    124    4 checksum         CRC32C of bytes 0..123
/// </code>
/// An entry, 640 bytes; the epoch is stored last, and 0 means: not written yet:
/// <code>
///      0    8 epoch
///     16  480 words            the fifteen members of the struct as a contract gets them, big-endian
///    496   32 digest           what was signed
///    528   65 signature        r, s, v
///    596   20 signer
///    636    4 checksum         CRC32C of bytes 0..635
/// </code>
/// Epoch e is entry e - 1 of all files together: nothing is ever taken out or written again.
/// </summary>
internal static unsafe class CommitmentFile
{
    public const int HeaderBytes = 128;
    public const int EntryBytes = 640;
    public const ulong MagicValue = 0x3154_4D4D_4F43_4448;

    private const int HeaderChecksumOffsetBytes = 124;
    private const int WordsOffsetBytes = 16;
    private const int DigestOffsetBytes = 496;
    private const int SignatureOffsetBytes = 528;
    private const int SignerOffsetBytes = 596;
    private const int EntryChecksumOffsetBytes = 636;

    /// <summary>Entries of a file of a length.</summary>
    public static int EntriesPerFile(long fileBytes) => (int)((fileBytes - HeaderBytes) / EntryBytes);

    public static string NameOf(long fileIndex) =>
        string.Create(CultureInfo.InvariantCulture, $"commitments-{fileIndex:D10}.dat");

    public static void WriteHeader(StorageFile file, long fileIndex, Guid journalId, Bytes32 domainSeparator)
    {
        Span<byte> image = stackalloc byte[HeaderBytes];
        image.Clear();
        MemoryMarshal.Write(image, MagicValue);
        MemoryMarshal.Write(image[8..], in fileIndex);
        Check.That(journalId.TryWriteBytes(image.Slice(16, 16)));
        domainSeparator.CopyTo(image[32..]);
        MemoryMarshal.Write(image[HeaderChecksumOffsetBytes..], Crc32C.Compute(0, image[..HeaderChecksumOffsetBytes]));
        image[sizeof(ulong)..].CopyTo(file.Span(sizeof(ulong), HeaderBytes - sizeof(ulong)));
        Volatile.Write(ref *(ulong*)file.Pointer, MagicValue);
    }

    /// <returns>False when it is not what was written.</returns>
    public static bool TryReadHeader(StorageFile file, long fileIndex, out Guid journalId, out Bytes32 domainSeparator)
    {
        var header = file.Span(0, HeaderBytes);
        journalId = new Guid(header.Slice(16, 16));
        domainSeparator = Bytes32.From(header.Slice(32, Bytes32.LengthBytes));
        return MemoryMarshal.Read<ulong>(header) == MagicValue
            && MemoryMarshal.Read<long>(header[8..]) == fileIndex
            && MemoryMarshal.Read<uint>(header[HeaderChecksumOffsetBytes..])
                == Crc32C.Compute(0, header[..HeaderChecksumOffsetBytes]);
    }

    public static long OffsetOf(int entry) => HeaderBytes + ((long)entry * EntryBytes);

    public static void WriteEntry(StorageFile file, int entry, SignedCommitment signed)
    {
        Span<byte> image = stackalloc byte[EntryBytes];
        image.Clear();
        MemoryMarshal.Write(image, signed.Commitment.Epoch);
        signed.Commitment.WriteWords(image[WordsOffsetBytes..]);
        signed.Digest.CopyTo(image[DigestOffsetBytes..]);
        signed.Signature.ToArray().CopyTo(image[SignatureOffsetBytes..]);
        signed.Signer.CopyTo(image[SignerOffsetBytes..]);
        MemoryMarshal.Write(image[EntryChecksumOffsetBytes..], Crc32C.Compute(0, image[..EntryChecksumOffsetBytes]));
        var target = file.Span(OffsetOf(entry), EntryBytes);
        image[sizeof(ulong)..].CopyTo(target[sizeof(ulong)..]);
        Volatile.Write(ref MemoryMarshal.AsRef<ulong>(target), signed.Commitment.Epoch);
    }

    public static bool IsBlank(StorageFile file, int entry) =>
        file.Span(OffsetOf(entry), EntryBytes).IndexOfAnyExcept((byte)0) < 0;

    /// <returns>False when it is not what was written, or nothing was.</returns>
    public static bool TryReadEntry(StorageFile file, int entry, out SignedCommitment? signed)
    {
        var bytes = file.Span(OffsetOf(entry), EntryBytes);
        signed = null;
        var epoch = MemoryMarshal.Read<ulong>(bytes);
        if (epoch == 0
            || MemoryMarshal.Read<uint>(bytes[EntryChecksumOffsetBytes..])
                != Crc32C.Compute(0, bytes[..EntryChecksumOffsetBytes]))
        {
            return false;
        }

        var commitment = StateCommitment.ReadWords(bytes.Slice(WordsOffsetBytes, StateCommitment.WordsLengthBytes));
        signed = new SignedCommitment(
            commitment,
            Bytes32.From(bytes.Slice(DigestOffsetBytes, Bytes32.LengthBytes)),
            EthereumAddress.From(bytes.Slice(SignerOffsetBytes, EthereumAddress.LengthBytes)),
            RecoverableSignature.From(bytes.Slice(SignatureOffsetBytes, RecoverableSignature.LengthBytes)));
        return commitment.Epoch == epoch;
    }
}
