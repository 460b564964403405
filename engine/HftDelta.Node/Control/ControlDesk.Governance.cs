using HftDelta.Replica.Governance;
using HftDelta.Replica.Signing;
using HftDelta.Wire.Internal;

namespace HftDelta.Node.Control;

/// <summary>
/// Parameters: what a key says is verified here, before it is sequenced, so that the core sees only what its holder has
/// signed; and the parameters are told.
/// </summary>
internal sealed partial class ControlDesk
{
    private const string Unsigned = "sign it with the key whose address the venue has: hftdelta params list tells keys";

    private readonly ParameterBoard _parameters;
    private readonly GovernanceDigest? _digest;

    /// <summary>Told every step of a proposal, with the command that brought it.</summary>
    public Action<long, ControlStep>? StepHeard
    {
        get => _parameters.Heard;
        set => _parameters.Heard = value;
    }

    /// <summary>A key that the recovered state holds.</summary>
    public void Know(uint key, EthereumAddress address) => _parameters.Know(key, address);

    private IEnumerable<Func<bool>> TellParameters(ControlWork work)
    {
        yield return AskParameters(work);
    }

    private IEnumerable<Func<bool>> Govern(ControlWork work)
    {
        var word = work.Request.Word ?? throw new ControlException("nothing was said", "take the venue's own binary");
        var frame = Verified(word);
        _parameters.Await(word.KeyId, word.Sequence);
        yield return () =>
        {
            frame.CopyTo(_line.Buffer, 0);
            return TrySend(work, frame.Length);
        };
        yield return () => work.IsAnswered;
        work.Step = _parameters.TakeAnswer(word.KeyId, word.Sequence);
        if (work.IsRefused)
        {
            work.FinishRefused();
            yield break;
        }

        yield return AskParameters(work);
    }

    /// <exception cref="ControlException">It is not what its key has signed.</exception>
    private byte[] Verified(GovernanceWord word)
    {
        if (_digest is null)
        {
            throw new ControlException(
                "this venue's market names no governance",
                "add governance to market.json (docs/parameters.md) before it is listed");
        }

        if (word.Schema != GovernanceWord.SchemaName)
        {
            throw new ControlException($"the word is not of {GovernanceWord.SchemaName}", "take the venue's own binary");
        }

        var frame = new byte[GovernanceActionDecoder.FrameLength];
        try
        {
            word.Encode(frame, EthereumAddress.Zero);
        }
        catch (FormatException fault)
        {
            throw new ControlException(fault.Message.TrimEnd('.'), Unsigned);
        }

        if (_parameters.AddressOf(word.KeyId) is not { } address)
        {
            throw new ControlException($"there is no key {word.KeyId} that may speak", "hftdelta params list tells keys");
        }

        if (_digest.SignerOf(GovernanceActionDecoder.Trusted(frame)) != address)
        {
            throw new ControlException(
                $"the signature is not that of key {word.KeyId}, {address}, over this word for this venue", Unsigned);
        }

        word.Encode(frame, address);
        return frame;
    }

    private Func<bool> AskParameters(ControlWork work)
    {
        var asked = _parameters.Ask();
        return () =>
        {
            if (asked.IsComplete)
            {
                work.Governance = asked.Governance;
                work.GovernanceSequence = asked.Sequence;
            }

            return asked.IsComplete;
        };
    }
}
