using System.Security.Cryptography;
using HftDelta.Primitives;
using HftDelta.Replica.Signing;

namespace HftDelta.Perf.Micro;

/// <summary>A leaf of the replica's tree hashed; floor: SHA-256 of the same bytes by the platform.</summary>
internal sealed class KeccakWork : MicroWork
{
    private const int LeafBytes = 96;

    private readonly Keccak256 _keccak = new();
    private readonly byte[] _leaf = new byte[LeafBytes];

    public override void Run()
    {
        for (var operation = 0; operation < Operations; operation++)
        {
            _leaf[0] = (byte)operation;
            Check.That(_keccak.Hash(_leaf) != default);
        }
    }

    public override void RunFloor()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var operation = 0; operation < Operations; operation++)
        {
            _leaf[0] = (byte)operation;
            Check.That(SHA256.HashData(_leaf, hash) == hash.Length);
        }
    }
}
