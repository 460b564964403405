using HftDelta.Runtime.Agents;

namespace HftDelta.Aeron.Driver;

/// <summary>
/// All three agents on the caller's thread, with one reading of the clock: what the application just offered leaves first, then
/// what came in is taken to where its next poll finds it, then the housekeeping. Owner: the one thread whose turns they are.
/// </summary>
internal sealed class DriverInvoker(
    DriverContext context, DriverSender sender, DriverReceiver receiver, DriverConductor conductor) : IAgent
{
    public string RoleName => "aeron";

    public void OnStart()
    {
        conductor.OnStart();
        sender.OnStart();
        receiver.OnStart();
    }

    public int DoWork()
    {
        context.InvokerThread.BeginTurn();
        var nowNanos = context.NowNanos;
        var work = sender.DoWork(nowNanos) + receiver.DoWork(nowNanos) + conductor.DoWork(nowNanos);
        context.InvokerThread.EndTurn();
        return work;
    }

    public void OnClose()
    {
        context.InvokerThread.Leave();
        sender.OnClose();
        receiver.OnClose();
        conductor.OnClose();
    }
}
