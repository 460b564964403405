using System.Collections.Generic;
using HftDelta.Sbe.Schema;

namespace HftDelta.Sbe.Emit;

/// <summary>Writes all C# of a schema: one file for what is shared, one for each message.</summary>
public static class SchemaEmitter
{
    public static IReadOnlyList<GeneratedFile> Emit(MessageSchema schema, EmitOptions options)
    {
        return Emit(new EmitPlan(schema, options));
    }

    /// <summary>The plan with every name given, for tools that drive the generated code.</summary>
    internal static EmitPlan PlanOf(MessageSchema schema, EmitOptions options)
    {
        var plan = new EmitPlan(schema, options);
        Emit(plan);
        return plan;
    }

    private static List<GeneratedFile> Emit(EmitPlan plan)
    {
        EmitOptions options = plan.Options;
        var names = new HashSet<string>(System.StringComparer.OrdinalIgnoreCase);
        var files = new List<GeneratedFile>
        {
            File(plan, names, options.SchemaName + "Schema", code =>
            {
                new SchemaClassEmitter(plan, code).Write();
                var types = new TypeEmitter(plan, code);
                foreach (SchemaType type in plan.Emitted)
                    types.Write(type);
            }),
        };
        foreach (Message message in plan.Schema.Messages)
        {
            files.Add(File(plan, names, plan.NameOf(message), code =>
            {
                new MessageDecoderEmitter(plan, code).Write(message);
                code.Line();
                new MessageEncoderEmitter(plan, code).Write(message);
            }));
        }

        // Last, as it uses the names that the decoders were given.
        files.Add(File(plan, names, options.SchemaName + "Printer", new PrinterEmitter(plan).Write));
        return files;
    }

    private static GeneratedFile File(EmitPlan plan, HashSet<string> names, string name, System.Action<CodeWriter> write)
    {
        // The compiler takes two names of files that differ in case alone for the same.
        while (!names.Add(name))
            name += "_";
        var code = new CodeWriter();
        code.Open($"namespace {plan.Options.TargetNamespace}");
        write(code);
        code.Close();
        return new GeneratedFile($"{plan.Options.TargetNamespace}.{name}.g.cs", FileHead.Text + code);
    }
}
