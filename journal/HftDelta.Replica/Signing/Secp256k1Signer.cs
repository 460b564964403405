using HftDelta.Primitives;

namespace HftDelta.Replica.Signing;

/// <summary>
/// Signs 32-byte digests with one key: deterministic nonces by RFC 6979, the lower s, and v to recover the address with. Every
/// implementation gives the same bytes. Owner: one thread.
/// </summary>
public abstract class Secp256k1Signer : IDisposable
{
    /// <summary>The address that signatures recover to.</summary>
    public abstract EthereumAddress Address { get; }

    /// <summary>Which code signs, for messages.</summary>
    public abstract string Implementation { get; }

    /// <summary>The native library where it is installed, else the managed one.</summary>
    /// <param name="privateKey">32 bytes, big-endian; they are copied.</param>
    /// <exception cref="Faults.ReplicaException">No key of this curve.</exception>
    public static Secp256k1Signer Create(ReadOnlySpan<byte> privateKey) =>
        NativeSecp256k1.TryLoad() is { } library
            ? new NativeSigner(library, privateKey)
            : new ManagedSigner(privateKey);

    public abstract RecoverableSignature Sign(Bytes32 digest);

    /// <summary>The address whose key made the signature; null when no key can have made it.</summary>
    public static EthereumAddress? Recover(Bytes32 digest, in RecoverableSignature signature) =>
        ManagedRecovery.Recover(digest, in signature);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>An invariant of every signature that leaves: it recovers to the address that claims it.</summary>
    protected void Prove(Bytes32 digest, in RecoverableSignature signature) =>
        Check.That(Recover(digest, in signature) == Address);
}
