using System.Security.Cryptography;

namespace HftDelta.Replica.Signing;

/// <summary>
/// Signs with libsecp256k1; the same bytes as <see cref="ManagedSigner"/>, and every one is proved. The one copy of the key does
/// not move and is wiped when it is disposed.
/// </summary>
internal sealed class NativeSigner : Secp256k1Signer
{
    private readonly NativeSecp256k1 _library;
    private readonly byte[] _key;

    public NativeSigner(NativeSecp256k1 library, ReadOnlySpan<byte> privateKey)
    {
        KeyFile.RequireKey(privateKey);
        _library = library;
        _key = GC.AllocateUninitializedArray<byte>(privateKey.Length, pinned: true);
        privateKey.CopyTo(_key);
        Address = EthereumAddress.FromPublicKey(library.PublicKeyOf(_key));
    }

    public override EthereumAddress Address { get; }

    public override string Implementation => "libsecp256k1";

    public override RecoverableSignature Sign(Bytes32 digest)
    {
        var signature = _library.Sign(digest, _key);
        Prove(digest, in signature);
        return signature;
    }

    protected override void Dispose(bool disposing) => CryptographicOperations.ZeroMemory(_key);
}
