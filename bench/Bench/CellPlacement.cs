namespace Bench;

/// <summary>
/// Places workspaces in cells: the largest first, each in the cell with the most room. Then moves workspaces from cells over the plan to the
/// cell with the most room, the largest that fits first. It adds no cells.
/// </summary>
internal sealed class CellPlacement
{
    private readonly double[] rates;
    private readonly int[] cellOf;
    private readonly double[] used;

    /// <param name="rates">The mean rate of each part of a workspace, activities a second.</param>
    /// <param name="room">The mean rate that a cell may have.</param>
    public CellPlacement(double[] rates, double room)
    {
        this.rates = rates;
        cellOf = new int[rates.Length];
        used = new double[(int)Math.Ceiling(rates.Sum() / room)];
        var byUse = new PriorityQueue<int, double>(Enumerable.Range(0, used.Length).Select(c => (c, 0.0)));
        foreach (var part in Enumerable.Range(0, rates.Length).OrderByDescending(p => rates[p]))
        {
            var cell = byUse.Dequeue();
            (cellOf[part], used[cell]) = (cell, used[cell] + rates[part]);
            byUse.Enqueue(cell, used[cell]);
        }
    }

    public int Cells => used.Length;

    /// <summary>The mean rate of a cell.</summary>
    public double Used(int cell) => used[cell];

    /// <summary>The rate of a part changed.</summary>
    public void Change(int part, double rate)
    {
        used[cellOf[part]] += rate - rates[part];
        rates[part] = rate;
    }

    /// <summary>Moves parts until no cell is over its room, or until no move helps. Returns the number of moves.</summary>
    public int Rebalance(double room)
    {
        var moves = 0;
        var parts = Enumerable.Range(0, rates.Length).ToLookup(p => cellOf[p]);
        foreach (var cell in Enumerable.Range(0, Cells).Where(c => used[c] > room).ToArray())
        {
            foreach (var part in parts[cell].OrderByDescending(p => rates[p]))
            {
                if (used[cell] <= room) break;
                var free = Array.IndexOf(used, used.Min());
                if (used[free] + rates[part] > room) continue; // a smaller part may fit
                used[cell] -= rates[part];
                used[free] += rates[part];
                (cellOf[part], moves) = (free, moves + 1);
            }
        }

        return moves;
    }
}
