using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Text.Json;

namespace Rdposture.PowerShellHost;

/// <summary>What the engine's parser finds in scripts, as JSON; the tests judge it. Nothing is run.</summary>
internal static class Lint
{
    public static int Run(string[] files, Encoding utf8)
    {
        var aliases = InitialSessionState.CreateDefault2().Commands.OfType<SessionStateAliasEntry>().Select(entry => entry.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var reports = files.ToDictionary(file => file, file => Report(file, aliases));
        using var output = Console.OpenStandardOutput();
        output.Write(utf8.GetBytes(JsonSerializer.Serialize(reports)));
        return 0;
    }

    private static object Report(string file, HashSet<string> aliases)
    {
        var bytes = File.ReadAllBytes(file);
        var ast = Parser.ParseFile(Path.GetFullPath(file), out var tokens, out var errors);
        var all = ast.FindAll(_ => true, true).ToList();
        var own = all.OfType<FunctionDefinitionAst>().Select(function => function.Name).ToList();
        return new
        {
            hasMark = bytes.AsSpan().StartsWith(new byte[] { 0xef, 0xbb, 0xbf }),
            nonAscii = bytes.Count(value => value > 0x7f),
            errors = errors.Select(error => new { line = error.Extent.StartLineNumber, error.Message }),
            functions = own,
            newer = all.SelectMany(Newer).Concat(tokens.Where(token => token.Kind is TokenKind.AndAnd or TokenKind.OrOr or TokenKind.QuestionQuestion or TokenKind.QuestionDot or TokenKind.QuestionLBracket).Select(token => At(token.Extent, token.Kind.ToString()))).Distinct(),
            commands = all.OfType<CommandAst>().Select(command => new
            {
                line = command.Extent.StartLineNumber,
                name = command.GetCommandName(),
                isOwn = own.Contains(command.GetCommandName() ?? "", StringComparer.OrdinalIgnoreCase),
                isAlias = aliases.Contains(command.GetCommandName() ?? ""),
                invocation = command.InvocationOperator.ToString(),
                // What stands behind `&`: a variable, a block, or something that a reader cannot see through.
                target = command.CommandElements[0].GetType().Name,
                parameters = command.CommandElements.OfType<CommandParameterAst>().Select(parameter => parameter.ParameterName),
                // Texts after the name that stand there as they are; null for what is computed.
                arguments = command.CommandElements.Skip(1).Where(element => element is not CommandParameterAst).Select(element => (element as StringConstantExpressionAst)?.Value),
                function = FunctionOf(command),
            }),
            types = all.OfType<TypeExpressionAst>().Select(type => type.TypeName.FullName).Concat(all.OfType<TypeConstraintAst>().Select(type => type.TypeName.FullName)).Distinct(StringComparer.OrdinalIgnoreCase),
            members = all.OfType<InvokeMemberExpressionAst>().Select(call => new
            {
                line = call.Extent.StartLineNumber,
                type = (call.Expression as TypeExpressionAst)?.TypeName.FullName,
                name = (call.Member as StringConstantExpressionAst)?.Value,
                isStatic = call.Static,
                function = FunctionOf(call),
            }),
            // Values set on something else than a variable: a property of an object that may not be ours.
            setMembers = all.OfType<AssignmentStatementAst>().Where(assignment => assignment.Left is MemberExpressionAst).Select(assignment => new
            {
                line = assignment.Extent.StartLineNumber,
                what = ((MemberExpressionAst)assignment.Left).Member.Extent.Text,
                of = ((MemberExpressionAst)assignment.Left).Expression.Extent.Text,
            }),
            texts = all.OfType<StringConstantExpressionAst>().Where(text => text.StringConstantType != StringConstantType.BareWord).Select(text => text.Value).Distinct(),
            redirections = all.OfType<FileRedirectionAst>().Select(redirection => At(redirection.Extent, redirection.Extent.Text)),
            usings = all.OfType<UsingStatementAst>().Select(statement => At(statement.Extent, statement.Extent.Text)),
            requires = ast.ScriptRequirements is null ? null : new { version = ast.ScriptRequirements.RequiredPSVersion?.ToString(), modules = ast.ScriptRequirements.RequiredModules.Select(module => module.Name) },
            parameters = ast.ParamBlock?.Parameters.Select(parameter => parameter.Name.VariablePath.UserPath) ?? [],
        };
    }

    /// <summary>The name of the function that a piece of code stands in; empty at the top.</summary>
    private static string FunctionOf(Ast ast)
    {
        for (var above = ast.Parent; above is not null; above = above.Parent)
        {
            if (above is FunctionDefinitionAst function) return function.Name;
        }
        return "";
    }

    private static object At(IScriptExtent extent, string what) => new { line = extent.StartLineNumber, what };

    /// <summary>Syntax and parameters that Windows PowerShell 5.1 does not have.</summary>
    private static IEnumerable<object> Newer(Ast ast)
    {
        var what = ast switch
        {
            TernaryExpressionAst => "ternary",
            PipelineChainAst => "pipeline chain",
            BinaryExpressionAst { Operator: TokenKind.QuestionQuestion } => "??",
            AssignmentStatementAst { Operator: TokenKind.QuestionQuestionEquals } => "??=",
            MemberExpressionAst { NullConditional: true } => "?.",
            IndexExpressionAst { NullConditional: true } => "?[]",
            PipelineAst { Background: true } => "background &",
            ScriptBlockAst { CleanBlock: not null } => "clean block",
            CommandParameterAst { ParameterName: "Parallel" or "AsHashtable" or "EnumsAsStrings" } parameter => $"-{parameter.ParameterName}",
            StringConstantExpressionAst { StringConstantType: StringConstantType.BareWord } word when word.Value.Contains("`u{") => "`u{}",
            _ => null,
        };
        if (what is not null) yield return At(ast.Extent, what);
    }
}
