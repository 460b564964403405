using System.Collections.Immutable;
using HftDelta.Simulation.Network;

namespace HftDelta.Simulation.Transport;

/// <summary>
/// Makes a failing scenario smaller for as long as it breaks the same rule: first what it is made of, then which single datagrams
/// the network disturbs. Every step is a whole run; their number is bounded.
/// </summary>
public static class ScenarioShrink
{
    /// <param name="scenario">It fails.</param>
    /// <param name="runsMax">How many runs the search may take.</param>
    /// <param name="failureOf">What is wrong with a scenario; null for nothing.</param>
    /// <returns>The smallest that was found, and how it fails.</returns>
    public static (TransportScenario Scenario, BrokenRuleException Failure) Shrink(
        TransportScenario scenario, int runsMax, Func<TransportScenario, BrokenRuleException?>? failureOf = null)
    {
        failureOf ??= static smaller => ScenarioRun.FailureOf(smaller);
        var failure = failureOf(scenario) ?? throw new ArgumentException("it does not fail", nameof(scenario));
        var search = new Search(failure.Rule, runsMax, failureOf, failure);
        scenario = search.Descend(scenario, Smaller);
        return (search.DescendDatagrams(scenario), search.Failure);
    }

    // Large steps first.
    private static IEnumerable<TransportScenario> Smaller(TransportScenario scenario)
    {
        foreach (var smaller in Without(scenario.Faults, faults => scenario with { Faults = faults }, least: 0))
        {
            yield return smaller;
        }

        foreach (var smaller in Without(scenario.Publications, plans => scenario with { Publications = plans }, least: 1))
        {
            yield return smaller;
        }

        foreach (var smaller in Without(scenario.Subscriptions, plans => scenario with { Subscriptions = plans }, least: 1))
        {
            yield return smaller;
        }

        foreach (var weather in Calmer(scenario.Weather))
        {
            yield return scenario with { Weather = weather };
        }

        for (var index = 0; index < scenario.Publications.Length; index++)
        {
            foreach (var plan in Simpler(scenario.Publications[index]))
            {
                yield return scenario with { Publications = scenario.Publications.SetItem(index, plan) };
            }
        }

        for (var index = 0; index < scenario.Subscriptions.Length; index++)
        {
            foreach (var plan in Simpler(scenario.Subscriptions[index]))
            {
                yield return scenario with { Subscriptions = scenario.Subscriptions.SetItem(index, plan) };
            }
        }

        for (var index = 0; index < scenario.Faults.Length; index++)
        {
            var fault = scenario.Faults[index];
            if (fault.ForNanos > 1_000)
            {
                var shorter = fault with { ForNanos = fault.ForNanos / 2 };
                yield return scenario with { Faults = scenario.Faults.SetItem(index, shorter) };
            }
        }

        if (scenario.StepsAgentsApart)
        {
            yield return scenario with { StepsAgentsApart = false };
        }

        if (scenario.OffersSendAtOnce)
        {
            yield return scenario with { OffersSendAtOnce = false };
        }
    }

    private static IEnumerable<TransportScenario> Without<T>(
        ImmutableArray<T> items, Func<ImmutableArray<T>, TransportScenario> with, int least)
    {
        if (least == 0 && items.Length > 1)
        {
            yield return with([]);
        }

        for (var index = 0; items.Length > least && index < items.Length; index++)
        {
            yield return with(items.RemoveAt(index));
        }
    }

    private static IEnumerable<LinkConditions> Calmer(LinkConditions weather)
    {
        if (weather.DropPerMille > 0)
        {
            yield return weather with { DropPerMille = 0 };
            yield return weather with { DropPerMille = weather.DropPerMille / 2 };
        }

        if (weather.DuplicatePerMille > 0)
        {
            yield return weather with { DuplicatePerMille = 0 };
            yield return weather with { DuplicatePerMille = weather.DuplicatePerMille / 2 };
        }

        if (weather.ReorderPerMille > 0)
        {
            yield return weather with { ReorderPerMille = 0 };
            yield return weather with { ReorderPerMille = weather.ReorderPerMille / 2 };
        }

        if (weather.CorruptPerMille > 0)
        {
            yield return weather with { CorruptPerMille = 0 };
        }

        if (weather.DelayNanos > 0)
        {
            yield return weather with { DelayNanos = 0 };
        }

        if (weather.JitterNanos > 0)
        {
            yield return weather with { JitterNanos = 0 };
        }
    }

    private static IEnumerable<PublicationPlan> Simpler(PublicationPlan plan)
    {
        if (plan.MessageCount > 0)
        {
            yield return plan with { MessageCount = 0 };
            yield return plan with { MessageCount = plan.MessageCount / 2 };
            yield return plan with { MessageCount = plan.MessageCount - 1 };
        }

        if (plan.LengthMax > 0)
        {
            yield return plan with { LengthMax = 0 };
            yield return plan with { LengthMax = plan.LengthMax / 2 };
        }

        if (plan.Claims)
        {
            yield return plan with { Claims = false };
        }

        if (plan.Start != StreamStart.Drawn)
        {
            yield return plan with { Start = StreamStart.Drawn };
        }

        if (plan.OpenNanos > 0)
        {
            yield return plan with { OpenNanos = 0 };
        }

        if (plan.GapNanos > 0)
        {
            yield return plan with { GapNanos = 0 };
        }

        if (plan.ClosesAtOnce)
        {
            yield return plan with { ClosesAtOnce = false };
        }
    }

    private static IEnumerable<SubscriptionPlan> Simpler(SubscriptionPlan plan)
    {
        if (plan.OpenNanos > 0)
        {
            yield return plan with { OpenNanos = 0 };
        }

        if (plan.CloseNanos > 0)
        {
            yield return plan with { CloseNanos = 0 };
        }

        if (plan.PollGapNanos > 0)
        {
            yield return plan with { PollGapNanos = 0 };
        }

        if (plan.FragmentLimit > 1)
        {
            yield return plan with { FragmentLimit = 1 };
        }

        if (!plan.IsReliable)
        {
            yield return plan with { IsReliable = true };
        }
    }

    private sealed class Search(
        string rule, int runsMax, Func<TransportScenario, BrokenRuleException?> failureOf, BrokenRuleException first)
    {
        private int _runs;

        public BrokenRuleException Failure { get; private set; } = first;

        public TransportScenario Descend(
            TransportScenario scenario, Func<TransportScenario, IEnumerable<TransportScenario>> smaller)
        {
            while (smaller(scenario).FirstOrDefault(Fails) is { } next)
            {
                scenario = next;
            }

            return scenario;
        }

        /// <summary>Takes away halves, quarters and so on of the disturbed datagrams while it still fails.</summary>
        public TransportScenario DescendDatagrams(TransportScenario scenario)
        {
            var disturbed = new List<long>();
            _ = ScenarioRun.FailureOf(scenario, disturbed);
            disturbed.Sort();
            if (!Fails(scenario with { DisturbedOnly = [.. disturbed] }))
            {
                return scenario;
            }

            for (var size = disturbed.Count; size > 0 && _runs < runsMax; size /= 2)
            {
                for (var start = 0; start < disturbed.Count;)
                {
                    var count = Math.Min(size, disturbed.Count - start);
                    List<long> rest = [.. disturbed[..start], .. disturbed[(start + count)..]];
                    if (Fails(scenario with { DisturbedOnly = [.. rest] }))
                    {
                        disturbed = rest;
                    }
                    else
                    {
                        start += count;
                    }
                }
            }

            return scenario with { DisturbedOnly = [.. disturbed] };
        }

        private bool Fails(TransportScenario scenario)
        {
            if (_runs >= runsMax || !scenario.IsSound)
            {
                return false;
            }

            _runs++;
            if (failureOf(scenario) is not { } failure || failure.Rule != rule)
            {
                return false;
            }

            Failure = failure;
            return true;
        }
    }
}
