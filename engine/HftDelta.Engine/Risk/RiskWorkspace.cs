using HftDelta.Engine.State;
using HftDelta.Primitives;
using HftDelta.Primitives.Units;

namespace HftDelta.Engine.Risk;

/// <summary>
/// Risk off the core: a pure function of frozen inputs, computed by worker agents beside the engine. At the RiskInputs event
/// each worker computes its part with <see cref="ComputePart"/>; when all have, one of them calls <see cref="Finish"/> and sends
/// the hash back as a GreeksReady command, at which the engine installs the results. Which worker computed what leaves no trace:
/// the hash is a sum over instruments. A replay finds no results and computes them there, and the hashes must agree.
/// </summary>
public sealed class RiskWorkspace
{
    private readonly VenueState _state;

    internal RiskWorkspace(VenueState state) => _state = state;

    /// <summary>
    /// Computes what the engine froze at <paramref name="inputSequence"/>, all of it. May run on another thread than the
    /// engine's: it reads only what stays as it is until the marker, and writes only the results.
    /// </summary>
    /// <returns>The hash that the GreeksReady marker carries.</returns>
    public Hash256 Compute(UnderlyingId underlying, CommandSequence inputSequence)
    {
        ComputePart(underlying, 0, 1);
        return Finish(underlying, inputSequence);
    }

    /// <summary>
    /// Every so many instruments of what is frozen. Parts may run side by side: no two of them write the same result.
    /// </summary>
    /// <param name="underlying">Whose inputs are frozen.</param>
    /// <param name="part">From 0.</param>
    /// <param name="parts">How many parts there are.</param>
    public void ComputePart(UnderlyingId underlying, int part, int parts)
    {
        Check.That(part >= 0 && part < parts);
        ref readonly var inputs = ref _state.Underlyings.Read(underlying.Value);
        var risk = new InstrumentRisk(_state.Slices, inputs.FrozenTime);
        var side = BackOf(underlying.Value);
        var place = 0;
        for (var id = inputs.FrozenFirst; id != 0; id = _state.Frozen.Read(id).Next)
        {
            if (place == part)
            {
                risk.Evaluate(id, _state.Frozen.Read(id), ref _state.Results.At(side, id));
            }

            place = place + 1 == parts ? 0 : place + 1;
        }
    }

    /// <summary>All parts are computed.</summary>
    /// <param name="underlying">Whose inputs are frozen.</param>
    /// <param name="inputSequence">When they were.</param>
    /// <returns>The hash that the GreeksReady marker carries.</returns>
    public Hash256 Finish(UnderlyingId underlying, CommandSequence inputSequence)
    {
        _state.Results.ComputedSequence(underlying.Value) = inputSequence.Value;
        return HashOf(underlying);
    }

    /// <summary>The sum of what each result says that it hashes to.</summary>
    internal Hash256 HashOf(UnderlyingId underlying)
    {
        var sum = Hash256.Zero;
        var side = BackOf(underlying.Value);
        for (var id = _state.Underlyings.Read(underlying.Value).FrozenFirst; id != 0; id = _state.Frozen.Read(id).Next)
        {
            sum += _state.Results.At(side, id).Digest;
        }

        return sum;
    }

    /// <summary>What the outstanding computation of an instrument's underlying makes of it.</summary>
    internal ref InstrumentResult Computed(uint instrument) =>
        ref _state.Results.At(BackOf(_state.Instruments.Read(instrument).Underlying), instrument);

    private byte BackOf(uint underlying) => (byte)(1 - _state.Underlyings.Read(underlying).ResultSide);
}
