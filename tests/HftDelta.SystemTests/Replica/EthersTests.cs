using System.Diagnostics;
using System.Text.Json;
using HftDelta.Engine.Accounts;
using HftDelta.Primitives.Units;
using HftDelta.Replica.Commitments;
using HftDelta.Replica.Signing;
using HftDelta.Replica.Trees;
using HftDelta.Simulation.Randomness;
using HftDelta.SystemTests.Processes;

namespace HftDelta.SystemTests.Replica;

/// <summary>
/// What we hash and sign is what the chain's own tools hash and sign: random commitments and leaves against ethers, which is
/// installed into a folder of its own. Skipped where Node or the registry is absent.
/// </summary>
[TestFixture]
[CancelAfter(240_000)]
internal sealed class EthersTests
{
    private const string Package = "ethers@6.17.0";
    private const int Commitments = 100;
    private const int Leaves = 20;
    private const int InstallSecondsMax = 120;
    private const int RunSecondsMax = 60;

    /// <summary>Reads cases, one JSON object a line, and answers each with what ethers makes of it.</summary>
    private const string Script = """
        import { readFileSync } from 'node:fs';
        import { TypedDataEncoder, SigningKey, computeAddress, solidityPackedKeccak256, verifyTypedData } from 'ethers';

        const word = name => ({ name, type: 'bytes32' });
        const number = name => ({ name, type: 'uint64' });
        const types = { StateCommitment: [
          number('epoch'), number('firstSeq'), number('lastSeq'), word('prevCommitment'), word('inputHash'),
          word('stateRoot'), word('withdrawalsRoot'), word('messagesRoot'), word('paramsHash'), number('depositsProcessed'),
          word('depositAccumulator'), word('totalsHash'), number('oracleTime'), word('engineVersion'), word('zkCommitment')] };

        const commitment = item => {
          const domain = { name: 'HftDelta', version: '1', chainId: item.chainId, verifyingContract: item.contract };
          const digest = TypedDataEncoder.hash(domain, types, item.value);
          const signature = new SigningKey(item.key).sign(digest).serialized;
          return [digest, signature, computeAddress(item.key), verifyTypedData(domain, types, item.value, item.signature)];
        };

        const leaf = item => {
          const positions = item.positions.length === 0 ? '0x' + '00'.repeat(32) : solidityPackedKeccak256(
            ['uint8', ...item.positions.flatMap(() => ['uint32', 'int64'])], [2, ...item.positions.flat()]);
          return [solidityPackedKeccak256(
            ['uint8', 'uint32', 'address', 'uint64', 'uint16', 'int64', 'uint32', 'bytes32', 'bytes32', 'uint32', 'uint128'],
            [0, item.id, item.owner, item.nonce, 1, item.cash, item.dust, positions, item.sessionKeysHash, item.flags,
              item.escapeValue])];
        };

        for (const line of readFileSync(process.argv[2], 'utf8').trim().split('\n')) {
          const item = JSON.parse(line);
          console.log((item.kind === 'leaf' ? leaf(item) : commitment(item)).join(' '));
        }
        """;

    [Test]
    public void Digests_signatures_and_leaves_are_those_of_ethers()
    {
        using var folder = new TemporaryFolder();
        Install(folder.Root);
        var random = new SplitMix64(20_261_122);
        var cases = new List<(string Case, string Expected)>();
        for (var place = 0; place < Commitments; place++)
        {
            cases.Add(CommitmentCase(ref random));
        }

        for (var place = 0; place < Leaves; place++)
        {
            cases.Add(LeafCase(ref random, place));
        }

        File.WriteAllText(folder.Of("check.mjs"), Script);
        File.WriteAllLines(folder.Of("cases.jsonl"), cases.Select(each => each.Case));
        var run = Run("node", folder.Root, RunSecondsMax, "check.mjs", "cases.jsonl");
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        var answers = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(answers, Has.Length.EqualTo(cases.Count));
        for (var place = 0; place < cases.Count; place++)
        {
            Assert.That(answers[place].Trim(), Is.EqualTo(cases[place].Expected), $"case {place}: {cases[place].Case}");
        }
    }

    private static (string Case, string Expected) CommitmentCase(ref SplitMix64 random)
    {
        var domain = new CommitmentDomain(random.Next(), AddressOf(ref random));
        var commitment = new StateCommitment
        {
            Epoch = random.Next(),
            FirstSequence = new CommandSequence((long)(random.Next() >> 1)),
            LastSequence = new CommandSequence((long)(random.Next() >> 1)),
            PreviousCommitment = WordOf(ref random),
            InputHash = WordOf(ref random),
            StateRoot = WordOf(ref random),
            WithdrawalsRoot = WordOf(ref random),
            MessagesRoot = WordOf(ref random),
            ParametersHash = WordOf(ref random),
            DepositsProcessed = random.Next(),
            DepositAccumulator = WordOf(ref random),
            TotalsHash = WordOf(ref random),
            OracleTime = new TimeNanos(random.Next()),
            EngineVersion = WordOf(ref random),
            ZeroKnowledgeCommitment = WordOf(ref random),
        };
        var key = WordOf(ref random) with { Word0 = random.Next() >> 1 };
        using var signer = new ManagedSigner(key.ToArray());
        var digest = commitment.Digest(domain.Separator());
        var signature = signer.Sign(digest);
        var text = JsonSerializer.Serialize(new
        {
            kind = "commitment",
            key = key.ToString(),
            chainId = $"{domain.ChainId}",
            contract = domain.VerifyingContract.ToString(),
            signature = signature.ToString(),
            value = ValueOf(commitment),
        });
        return (text, $"{digest} {signature} {signer.Address} {signer.Address}");
    }

    private static Dictionary<string, string> ValueOf(StateCommitment commitment) => new()
    {
        ["epoch"] = $"{commitment.Epoch}",
        ["firstSeq"] = $"{commitment.FirstSequence}",
        ["lastSeq"] = $"{commitment.LastSequence}",
        ["prevCommitment"] = $"{commitment.PreviousCommitment}",
        ["inputHash"] = $"{commitment.InputHash}",
        ["stateRoot"] = $"{commitment.StateRoot}",
        ["withdrawalsRoot"] = $"{commitment.WithdrawalsRoot}",
        ["messagesRoot"] = $"{commitment.MessagesRoot}",
        ["paramsHash"] = $"{commitment.ParametersHash}",
        ["depositsProcessed"] = $"{commitment.DepositsProcessed}",
        ["depositAccumulator"] = $"{commitment.DepositAccumulator}",
        ["totalsHash"] = $"{commitment.TotalsHash}",
        ["oracleTime"] = $"{commitment.OracleTime.Value}",
        ["engineVersion"] = $"{commitment.EngineVersion}",
        ["zkCommitment"] = $"{commitment.ZeroKnowledgeCommitment}",
    };

    private static (string Case, string Expected) LeafCase(ref SplitMix64 random, int positionCount)
    {
        var keccak = new Keccak256();
        var positions = new AppliedPosition[positionCount];
        for (var place = 0; place < positionCount; place++)
        {
            positions[place] = new AppliedPosition(
                new InstrumentId((uint)place + 1), new QuantityLots((long)random.Next() >> 24));
        }

        var leaf = new AccountLeaf
        {
            Id = new AccountId((uint)random.Next() >> 8),
            Owner = AddressOf(ref random),
            Nonce = random.Next(),
            Cash = new Atoms((long)random.Next()),
            Dust = (uint)random.Next(),
            PositionsRoot = AccountLeaf.HashPositions(positions, keccak),
            SessionKeysHash = WordOf(ref random),
            Flags = (uint)random.Next(),
            EscapeValue = new UInt128(random.Next() >> 40, random.Next()),
        };
        var text = JsonSerializer.Serialize(new
        {
            kind = "leaf",
            id = leaf.Id.Value,
            owner = leaf.Owner.ToString(),
            nonce = $"{leaf.Nonce}",
            cash = $"{leaf.Cash}",
            dust = leaf.Dust,
            positions = positions.Select(each => new[] { $"{each.Instrument.Value}", $"{each.Quantity.Value}" }),
            sessionKeysHash = leaf.SessionKeysHash.ToString(),
            flags = leaf.Flags,
            escapeValue = $"{leaf.EscapeValue}",
        });
        return (text, leaf.Hash(keccak).ToString());
    }

    private static void Install(string folder)
    {
        (int ExitCode, string Output, string Error) run;
        try
        {
            _ = Run("node", folder, RunSecondsMax, "--version");
            run = Run("npm", folder, InstallSecondsMax, "install", "--no-audit", "--no-fund", "--ignore-scripts", Package);
        }
        catch (Exception absent) when (absent is System.ComponentModel.Win32Exception or TimeoutException)
        {
            Assert.Ignore($"needs node, npm and its registry to compare with {Package}: {absent.Message}");
            return;
        }

        if (run.ExitCode != 0)
        {
            Assert.Ignore($"{Package} cannot be installed, so nothing is compared with it: {run.Error}");
        }
    }

    private static (int ExitCode, string Output, string Error) Run(
        string program, string folder, int secondsMax, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(secondsMax)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {secondsMax} seconds");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    private static EthereumAddress AddressOf(ref SplitMix64 random) => new(random.Next(), random.Next(), (uint)random.Next());

    private static Bytes32 WordOf(ref SplitMix64 random) => new(random.Next(), random.Next(), random.Next(), random.Next());
}
