using HftDelta.Primitives.Units;

namespace HftDelta.Simulation.Engines;

/// <summary>Where the core and the model parted.</summary>
public sealed record VenueDivergence(int Index, VenueCommand? Command, string What);

/// <summary>
/// The core and the model side by side: every report of every command is compared, and now and then the whole book, all cash
/// and all positions. One thread.
/// </summary>
public static class VenuePair
{
    private const int CommandsPerAudit = 1_000;

    /// <summary>Applies the commands to both until they part.</summary>
    /// <returns>Null when they agree to the end.</returns>
    public static VenueDivergence? FindDivergence(
        VenueWorld world, IReadOnlyList<VenueCommand> commands, Action<VenueReport>? witness = null)
    {
        using var engine = new EngineVenue(world);
        var model = new ModelVenue(world);
        for (var index = 0; index < commands.Count; index++)
        {
            var what = Apply(engine, model, commands[index], witness);
            what ??= (index + 1) % CommandsPerAudit == 0 || index + 1 == commands.Count ? Audit(world, engine, model) : null;
            if (what is not null)
            {
                return new VenueDivergence(index, commands[index], what);
            }
        }

        return null;
    }

    private static string? Apply(
        EngineVenue engine, ModelVenue model, VenueCommand command, Action<VenueReport>? witness)
    {
        IReadOnlyList<VenueReport> expected = [];
        IReadOnlyList<VenueReport> told = [];
        string? broken = null;
        try
        {
            expected = model.Apply(command);
        }
        catch (Exception exception)
        {
            broken = $"the model broke: {exception}";
        }

        try
        {
            told = engine.Apply(command);
        }
        catch (Exception exception)
        {
            broken ??= $"the core broke: {exception}";
        }

        if (broken is null && told.SequenceEqual(expected))
        {
            foreach (var report in witness is null ? [] : told)
            {
                witness!(report);
            }

            return null;
        }

        return $"{broken}\n core:\n{Lines(told)}\n model:\n{Lines(expected)}";
    }

    private static string Lines(IReadOnlyList<VenueReport> reports) =>
        string.Join("\n", reports.Select(report => $"  {report}"));

    private static string? Audit(VenueWorld world, EngineVenue engine, ModelVenue model)
    {
        if (engine.Harness.View.ConservationError.Value != 0)
        {
            return $"conservation is off by {engine.Harness.View.ConservationError}";
        }

        if (engine.Harness.View.OrderCount != model.OrderCount)
        {
            return $"orders: the core has {engine.Harness.View.OrderCount}, the model {model.OrderCount}";
        }

        for (var instrument = 1U; instrument <= world.InstrumentCount; instrument++)
        {
            foreach (var side in new[] { Side.Buy, Side.Sell })
            {
                var core = engine.Depth(instrument, side);
                var expected = model.Depth(instrument, (Wire.Side)side);
                if (!core.SequenceEqual(expected))
                {
                    return $"book {instrument} {side}: the core has {string.Join(", ", core)}, the model " +
                        string.Join(", ", expected);
                }
            }
        }

        return AuditMoney(world, engine, model);
    }

    private static string? AuditMoney(VenueWorld world, EngineVenue engine, ModelVenue model)
    {
        foreach (var account in world.Accounts.Select(opened => opened.Account))
        {
            var cash = engine.Harness.View.Cash(new AccountId(account)).Value;
            if (cash != model.Cash(account))
            {
                return $"account {account} has {cash}, in the model {model.Cash(account)}";
            }

            for (var instrument = 1U; instrument <= world.InstrumentCount; instrument++)
            {
                var lots = engine.Harness.View.Position(new AccountId(account), new InstrumentId(instrument)).Value;
                if (lots != model.Position(account, instrument))
                {
                    return $"account {account} holds {lots} of {instrument}, in the model " +
                        $"{model.Position(account, instrument)}";
                }
            }
        }

        return null;
    }
}
