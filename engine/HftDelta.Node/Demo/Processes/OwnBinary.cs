using System.Diagnostics;

namespace HftDelta.Node.Demo.Processes;

/// <summary>
/// How this binary is started once more: the executable itself, or, where it runs inside the runtime's own host, that host
/// with the assembly. Nothing is built.
/// </summary>
internal static class OwnBinary
{
    private const string HostVariable = "DOTNET_HOST_PATH";

    public static void Describe(ProcessStartInfo start)
    {
        var assembly = typeof(OwnBinary).Assembly.Location;
        var running = Environment.ProcessPath;
        if (running is not null && Path.GetFileNameWithoutExtension(running) == Path.GetFileNameWithoutExtension(assembly))
        {
            start.FileName = running;
            return;
        }

        start.FileName = running is not null && Path.GetFileNameWithoutExtension(running) == "dotnet"
            ? running
            : Environment.GetEnvironmentVariable(HostVariable) is { Length: > 0 } host ? host : "dotnet";
        start.ArgumentList.Add(assembly);
    }
}
