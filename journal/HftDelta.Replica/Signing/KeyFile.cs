using System.Buffers;
using System.Security.Cryptography;
using HftDelta.Replica.Faults;

namespace HftDelta.Replica.Signing;

/// <summary>
/// A private key in a file: 64 hexadecimal digits, with or without <c>0x</c>, and nothing else but white space at the end.
/// Only its owner may read it; a file that others can open is refused, because the key in it counts as known. Digits and key go
/// over the stack alone and are wiped there, never through a string or a buffer that the collector may have copied.
/// </summary>
public static class KeyFile
{
    private const int LengthBytesMax = 256;
    private const int DigitsBytes = 2 * Bytes32.LengthBytes;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>A signer with the key of a file.</summary>
    /// <exception cref="ReplicaException">Not there, not readable, no key, or open to others.</exception>
    public static Secp256k1Signer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new ReplicaException(
                ReplicaFault.KeyMissing,
                $"there is no key file {path}",
                "name the file of the replica's key, or have one made for development");
        }

        Span<byte> key = stackalloc byte[Bytes32.LengthBytes];
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                throw Exposed(path);
            }

            Parse(path, key);
            return Secp256k1Signer.Create(key);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, "read", refusal);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>The signer of the file; when there is none, one with a new random key is made for its owner alone.</summary>
    /// <exception cref="ReplicaException">As <see cref="Load"/>, or the file cannot be made.</exception>
    public static Secp256k1Signer LoadOrCreateForDevelopment(string path, out bool isCreated)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        isCreated = !File.Exists(path);
        if (isCreated)
        {
            Create(path);
        }

        return Load(path);
    }

    /// <exception cref="ReplicaException">Zero, not below the order of the curve, or not 32 bytes.</exception>
    internal static void RequireKey(ReadOnlySpan<byte> privateKey)
    {
        if (!IsKey(privateKey))
        {
            throw Invalid("the key", null);
        }
    }

    private static bool IsKey(ReadOnlySpan<byte> privateKey)
    {
        return privateKey.Length == Bytes32.LengthBytes
            && privateKey.IndexOfAnyExcept((byte)0) >= 0
            && privateKey.SequenceCompareTo(Secp256k1Curve.OrderBytes) < 0;
    }

    private static void Parse(string path, Span<byte> key)
    {
        Span<byte> text = stackalloc byte[LengthBytesMax + 1];
        try
        {
            var lengthBytes = Read(path, text);
            var digits = text[..lengthBytes].TrimEnd(" \t\r\n"u8);
            digits = digits.StartsWith("0x"u8) ? digits[2..] : digits;
            if (lengthBytes > LengthBytesMax || digits.Length != DigitsBytes
                || Convert.FromHexString(digits, key, out _, out _) != OperationStatus.Done || !IsKey(key))
            {
                throw Invalid(path, null);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static int Read(string path, Span<byte> text)
    {
        using var file = File.OpenHandle(path);
        var lengthBytes = 0;
        while (lengthBytes < text.Length && RandomAccess.Read(file, text[lengthBytes..], lengthBytes) is > 0 and var readBytes)
        {
            lengthBytes += readBytes;
        }

        return lengthBytes;
    }

    private static void Create(string path)
    {
        Span<byte> key = stackalloc byte[Bytes32.LengthBytes];
        Span<byte> text = stackalloc byte[DigitsBytes + 1];
        do
        {
            RandomNumberGenerator.Fill(key);
        }
        while (!IsKey(key));

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using var file = new FileStream(path, options);
            Convert.TryToHexStringLower(key, text, out var writtenBytes);
            text[writtenBytes] = (byte)'\n';
            file.Write(text[..(writtenBytes + 1)]);
            file.Flush(flushToDisk: true);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, "made", refusal);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static ReplicaException Exposed(string path) =>
        new(
            ReplicaFault.KeyExposed,
            $"others than its owner may use the key file {path}",
            $"if nobody did, chmod 600 {path}; else replace the key");

    private static ReplicaException Invalid(string path, Exception? cause) =>
        new(
            ReplicaFault.KeyInvalid,
            $"{path} holds no key: 64 hexadecimal digits of a number below the order of secp256k1 are wanted",
            "put the right file there; its content was not told to anybody",
            cause);

    private static ReplicaException Unreadable(string path, string verb, Exception cause) =>
        new(
            ReplicaFault.KeyUnreadable,
            $"the key file {path} cannot be {verb}: {cause.Message.TrimEnd('.')}",
            "check the path, its owner and its permissions",
            cause);
}
