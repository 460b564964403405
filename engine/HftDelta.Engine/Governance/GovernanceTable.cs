using System.Buffers.Binary;
using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Collections;
using HftDelta.Wire.Internal;

namespace HftDelta.Engine.Governance;

/// <summary>What holds for all parameters together.</summary>
internal struct GovernanceRecord
{
    /// <summary>What governance waits where a parameter has no envelope, and for keys.</summary>
    public ulong TimeLockNanos;

    /// <summary>Numbers of proposals are counted up to here.</summary>
    public uint LastProposal;

    /// <summary>Instruments below this were listed before the seal.</summary>
    public uint InstrumentsBefore;

    /// <summary>Underlyings below this were.</summary>
    public uint UnderlyingsBefore;

    /// <summary>1: setting up is over.</summary>
    public byte IsSealed;
    public byte IsFrozen;
}

/// <summary>All of it is state.</summary>
internal readonly struct GovernanceEncoding : IRecordEncoding<GovernanceRecord>
{
    private const byte Tag = 1;

    public static StateRecordType Type => StateRecordType.Parameter;

    public static bool TryEncode(uint id, in GovernanceRecord record, Span<byte> buffer, out int lengthBytes)
    {
        buffer[0] = Tag;
        buffer[1] = record.IsSealed;
        buffer[2] = record.IsFrozen;
        buffer[3] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[4..], record.LastProposal);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[8..], record.TimeLockNanos);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[16..], record.InstrumentsBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer[20..], record.UnderlyingsBefore);
        lengthBytes = 24;
        return true;
    }
}

/// <summary>
/// Keys, envelopes and proposals that wait. Owner: the engine agent. Invariant: nothing is due before the earliest time and the
/// earliest sequence that are kept beside the proposals, so a command without any costs a comparison.
/// </summary>
internal sealed class GovernanceTable : IDisposable
{
    /// <summary>Key ids are below this, and above 0.</summary>
    public const uint KeysLimit = 64;

    /// <summary>Proposals that wait at once.</summary>
    public const int ProposalsMax = 64;

    /// <summary>So many of them modules may have: governance can always speak.</summary>
    public const int ModuleProposalsMax = 48;

    /// <summary>Parameters with an envelope of their own, or that were ever changed.</summary>
    public const int ValuesMax = 4_096;

    private readonly HashedSlab<KeyRecord, KeyEncoding> _keys = new((int)KeysLimit);
    private readonly HashedSlab<ValueRecord, ValueEncoding> _values = new(ValuesMax + 1);
    private readonly HashedSlab<ProposalRecord, ProposalEncoding> _proposals = new(ProposalsMax);
    private readonly HashedSlab<GovernanceRecord, GovernanceEncoding> _all = new(1);
    private readonly SlotMap<ValueKeys> _byKey;
    private ulong _earliestTime = ulong.MaxValue;
    private ulong _earliestSequence = ulong.MaxValue;
    private uint _valueCount;

    public GovernanceTable() => _byKey = new SlotMap<ValueKeys>(ValuesMax, new ValueKeys(_values));

    public bool IsSealed => _all.Read(0).IsSealed != 0;

    public bool IsFrozen => _all.Read(0).IsFrozen != 0;

    /// <summary>Proposals that wait.</summary>
    public int WaitingCount { get; private set; }

    public ref readonly GovernanceRecord All => ref _all.Read(0);

    public ref GovernanceRecord WriteAll() => ref _all.Write(0);

    public ref readonly KeyRecord Key(uint id) => ref _keys.Read(id);

    public ref KeyRecord WriteKey(uint id) => ref _keys.Write(id);

    /// <summary>A key that may speak.</summary>
    public bool IsKey(uint id) => id - 1 < KeysLimit - 1 && _keys.Read(id).Role != GovernanceRole.None;

    /// <summary>Keys of governance other than this one.</summary>
    public int OtherGovernanceKeys(uint id)
    {
        var count = 0;
        for (uint other = 1; other < KeysLimit; other++)
        {
            count += other != id && _keys.Read(other).Role == GovernanceRole.Governance ? 1 : 0;
        }

        return count;
    }

    /// <summary>The record of a parameter, or 0.</summary>
    public uint FindValue(in ParameterKey key) => _byKey.Find(key.High, key.Low);

    /// <summary>The record with the envelope that holds for a parameter: its own, or that of all of its kind; 0: none.</summary>
    public uint FindEnvelope(in ParameterKey key)
    {
        var own = FindValue(key);
        if (own != 0 && _values.Read(own).HasEnvelope != 0)
        {
            return own;
        }

        var shared = FindValue(key with { Scope = 0 });
        return shared != 0 && _values.Read(shared).HasEnvelope != 0 ? shared : 0;
    }

    public ref readonly ValueRecord Value(uint slot) => ref _values.Read(slot);

    /// <summary>Whether a proposal has ever changed it.</summary>
    public bool HasChanged(in ParameterKey key) => FindValue(key) is not 0 and var slot && _values.Read(slot).LastChangeTime != 0;

    /// <summary>Whether a parameter has a record or can get one.</summary>
    public bool HasRoomFor(in ParameterKey key) => _valueCount < ValuesMax || FindValue(key) != 0;

    public ref ValueRecord WriteValue(in ParameterKey key)
    {
        var slot = FindValue(key);
        if (slot != 0)
        {
            return ref _values.Write(slot);
        }

        Check.That(_valueCount < ValuesMax);
        slot = ++_valueCount;
        ref var record = ref _values.Write(slot);
        record = new ValueRecord { Kind = key.Kind, Scope = key.Scope, Row = key.Row };
        _byKey.Add(key.High, key.Low, slot);
        return ref record;
    }

    /// <summary>The proposal in one of <see cref="ProposalsMax"/> places; its number is 0 where there is none.</summary>
    public ref readonly ProposalRecord Proposal(uint place) => ref _proposals.Read(place);

    /// <summary>Where a proposal of this number waits, or -1.</summary>
    public int FindProposal(uint number)
    {
        for (uint place = 0; number != 0 && place < ProposalsMax; place++)
        {
            if (_proposals.Read(place).Number == number)
            {
                return (int)place;
            }
        }

        return -1;
    }

    /// <summary>Gives the proposal its number and lets it wait; there is room.</summary>
    public uint Add(in ProposalRecord proposal)
    {
        Check.That(WaitingCount < ProposalsMax);
        uint place = 0;
        while (_proposals.Read(place).Number != 0)
        {
            place++;
        }

        var number = ++WriteAll().LastProposal;
        ref var record = ref _proposals.Write(place);
        record = proposal;
        record.Number = number;
        WaitingCount++;
        FindEarliest();
        return number;
    }

    public void Remove(uint place)
    {
        Check.That(_proposals.Read(place).Number != 0);
        _proposals.Write(place) = default;
        WaitingCount--;
        FindEarliest();
    }

    /// <summary>Whether a proposal can be due; false for certain when nothing waits.</summary>
    public bool MayBeDue(ulong timeNanos, ulong sequence) =>
        timeNanos >= _earliestTime && sequence >= _earliestSequence && !IsFrozen;

    /// <summary>Where the proposal stands that comes into force next, or -1: by time, then by number.</summary>
    public int FindDue(ulong timeNanos, ulong sequence)
    {
        var due = -1;
        for (uint place = 0; place < ProposalsMax && !IsFrozen; place++)
        {
            ref readonly var proposal = ref _proposals.Read(place);
            if (proposal.Number != 0 && proposal.ActivationTime <= timeNanos && proposal.ActivationSequence <= sequence &&
                (due < 0 || IsBefore(proposal, _proposals.Read((uint)due))))
            {
                due = (int)place;
            }
        }

        return due;
    }

    public void FoldHash(ref Hash256 sum)
    {
        _keys.FoldHash(ref sum);
        _values.FoldHash(ref sum);
        _proposals.FoldHash(ref sum);
        _all.FoldHash(ref sum);
    }

    public Hash256 RecomputeHash() =>
        _keys.RecomputeHash() + _values.RecomputeHash() + _proposals.RecomputeHash() + _all.RecomputeHash();

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
        _proposals.Dispose();
        _all.Dispose();
        _byKey.Dispose();
    }

    private static bool IsBefore(in ProposalRecord left, in ProposalRecord right) => left.ActivationTime != right.ActivationTime
        ? left.ActivationTime < right.ActivationTime
        : left.Number < right.Number;

    private void FindEarliest()
    {
        _earliestTime = ulong.MaxValue;
        _earliestSequence = ulong.MaxValue;
        for (uint place = 0; place < ProposalsMax; place++)
        {
            ref readonly var proposal = ref _proposals.Read(place);
            if (proposal.Number != 0)
            {
                _earliestTime = ulong.Min(_earliestTime, proposal.ActivationTime);
                _earliestSequence = ulong.Min(_earliestSequence, proposal.ActivationSequence);
            }
        }
    }

    private readonly struct ValueKeys(HashedSlab<ValueRecord, ValueEncoding> values) : ISlotKeys
    {
        public bool IsKeyOf(uint slot, ulong high, ulong low)
        {
            ref readonly var record = ref values.Read(slot);
            var key = new ParameterKey(record.Kind, record.Scope, record.Row);
            return key.High == high && key.Low == low;
        }
    }
}
