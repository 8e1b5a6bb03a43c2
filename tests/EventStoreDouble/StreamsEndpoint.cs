using System.Threading.Channels;
using EventSourcing;
using EventSourcing.EventStoreDb.Protocol;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace EventStoreDouble;

using Failure = BatchAppendResp.Types.Failure;

internal sealed class StreamsEndpoint(StoredStreams streams, Members members, Holds holds, DoubleSettings settings) : Streams.StreamsBase
{
    private const int AlreadyExists = 6;
    private const int DeadlineExceeded = 4;
    private const int InvalidArgument = 3;
    private const int MaxAppendSize = 1 << 20;

    private static int appends;

    public override async Task Read(ReadReq request, IServerStreamWriter<ReadResp> responseStream, ServerCallContext context)
    {
        Admit(context);
        var options = request.Options;
        if (options.FilteringCase == ReadReq.Types.Options.FilteringOneofCase.None || options.UuidForm is null
            || (options.Stream is not null && options.Filter is not null))
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The combination of options is invalid."));
        var read = options switch
        {
            { Stream: not null } => StoredReads.ReadStream(streams, options, context.CancellationToken),
            { Subscription: not null } => StoredReads.Subscription(streams, options, context.CancellationToken),
            _ => StoredReads.ReadAll(streams, options, context.CancellationToken)
        };
        await foreach (var message in read) await responseStream.WriteAsync(message, context.CancellationToken);
    }

    public override async Task BatchAppend(
        IAsyncStreamReader<BatchAppendReq> requestStream, IServerStreamWriter<BatchAppendResp> responseStream, ServerCallContext context)
    {
        Admit(context, atOnce: false);
        var responses = Channel.CreateUnbounded<BatchAppendResp>();
        var receiving = Receive(requestStream, responses.Writer, context);
        await foreach (var answer in responses.Reader.ReadAllAsync(context.CancellationToken)) await responseStream.WriteAsync(answer);
        await receiving;
    }

    public override async Task<DeleteResp> Delete(DeleteReq request, ServerCallContext context)
    {
        Admit(context);
        var stream = request.Options.StreamIdentifier.StreamName.ToStringUtf8();
        if (await streams.Delete(stream, context.CancellationToken)) return new DeleteResp();
        throw new RpcException(
            new Status(StatusCode.FailedPrecondition, "Delete failed due to WrongExpectedVersion."),
            new Metadata { { "exception", "wrong-expected-version" } });
    }

    private void Admit(ServerCallContext context, bool atOnce = true)
    {
        if (context.GetHttpContext().Items.ContainsKey(BasicAuthentication.Anonymous))
        {
            var trailers = new Metadata { { "exception", "access-denied" } };
            throw new RpcException(new Status(StatusCode.PermissionDenied, "Access Denied"), trailers);
        }

        if (atOnce) members.RequireLeader(context);
    }

    private async Task Receive(
        IAsyncStreamReader<BatchAppendReq> requests, ChannelWriter<BatchAppendResp> responses, ServerCallContext context)
    {
        try
        {
            var working = new List<Task>();
            await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
            {
                members.RequireLeader(context);
                working.RemoveAll(w => w.IsCompletedSuccessfully);
                working.Add(Respond(request, responses, context.CancellationToken));
            }

            await Task.WhenAll(working);
            responses.TryComplete();
        }
        catch (Exception e)
        {
            responses.TryComplete(e); // an append that finds another leader ends the call for all
        }
    }

    private async Task Respond(BatchAppendReq request, ChannelWriter<BatchAppendResp> responses, CancellationToken ct)
    {
        var answer = new BatchAppendResp { CorrelationId = request.CorrelationId };
        if (request.ProposedMessages.Sum(m => m.Data.Length + m.CustomMetadata.Length) > MaxAppendSize)
        {
            answer.Error = Failure(InvalidArgument, new MaximumAppendSizeExceeded { MaxAppendSize = MaxAppendSize });
            await responses.WriteAsync(answer, ct);
            return;
        }

        long? expected = request.Options.ExpectedCase switch
        {
            BatchAppendReq.Types.Options.ExpectedOneofCase.Any => null,
            BatchAppendReq.Types.Options.ExpectedOneofCase.NoStream => Revision.NoStream,
            _ => (long)request.Options.StreamPosition
        };
        var stream = request.Options.StreamIdentifier.StreamName.ToStringUtf8();
        var proposed = request.ProposedMessages.Select(Wire.Proposed).ToArray();
        await holds.Pass("before", stream, proposed, ct);
        var appended = await streams.Append(stream, expected, proposed, ct);
        await holds.Pass("after", stream, proposed, ct);
        if (appended is not { } at)
        {
            answer.Error = Failure(AlreadyExists, new WrongExpectedVersion());
        }
        else if (settings.TimeOutEvery > 0 && Interlocked.Increment(ref appends) % settings.TimeOutEvery == 0)
        {
            answer.Error = Failure(DeadlineExceeded, new EventSourcing.EventStoreDb.Protocol.Timeout());
        }
        else
        {
            answer.Success = new() { CurrentRevision = (ulong)at.Revision, Position = Wire.Position(at.Position) };
        }

        await responses.WriteAsync(answer, ct);
    }

    private static Failure Failure(int code, IMessage detail) =>
        new() { Code = code, Message = detail.Descriptor.Name, Details = Any.Pack(detail) };
}
