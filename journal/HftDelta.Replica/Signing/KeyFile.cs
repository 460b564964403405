using System.Security.Cryptography;
using HftDelta.Replica.Faults;
using Org.BouncyCastle.Math;

namespace HftDelta.Replica.Signing;

/// <summary>
/// A private key in a file: 64 hexadecimal digits, with or without <c>0x</c>, and nothing else but white space at the end.
/// Only its owner may read it; a file that others can open is refused, because the key in it counts as known.
/// </summary>
public static class KeyFile
{
    private const int LengthBytesMax = 256;
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

        var key = new byte[Bytes32.LengthBytes];
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
        if (privateKey.Length != Bytes32.LengthBytes)
        {
            return false;
        }

        var number = new BigInteger(1, privateKey);
        return number.SignValue > 0 && number.CompareTo(Secp256k1Curve.Order) < 0;
    }

    private static void Parse(string path, Span<byte> key)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        if (file.Length > LengthBytesMax)
        {
            throw Invalid(path, null);
        }

        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd().TrimEnd();
        var digits = text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text.AsSpan();
        var status = Convert.FromHexString(digits, key, out _, out var writtenBytes);
        var isWhole = status == System.Buffers.OperationStatus.Done && writtenBytes == Bytes32.LengthBytes;
        if (!isWhole || digits.Length != 2 * Bytes32.LengthBytes || !IsKey(key))
        {
            throw Invalid(path, null);
        }
    }

    private static void Create(string path)
    {
        Span<byte> key = stackalloc byte[Bytes32.LengthBytes];
        do
        {
            RandomNumberGenerator.Fill(key);
        }
        while (!IsKey(key));

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        try
        {
            using var file = new FileStream(path, options);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key) + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, "made", refusal);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
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
