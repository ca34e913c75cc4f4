package track

import (
	"os"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/process"

	"github.com/lectern-go/lectern/experiments"
)

// systemAfter is how long a run must have taken before system metrics are
// logged, and systemEvery how often: short runs are not worth it.
const (
	systemAfter = 10 * time.Second
	systemEvery = 10 * time.Second
)

// sampler measures the process and the machine. The metrics have MLflow's
// names where it has them.
type sampler struct {
	process *process.Process // nil if it cannot be measured
	step    int64
}

func newSampler() *sampler {
	p, err := process.NewProcess(int32(os.Getpid()))
	if err != nil {
		return &sampler{}
	}
	s := &sampler{process: p}
	s.sample(time.Now()) // the first measurement of use of the CPU has no span
	s.step = 0
	return s
}

// sample returns the metrics as they are now. What the machine does not tell is
// left out.
func (s *sampler) sample(now time.Time) []experiments.Metric {
	if s.process == nil {
		return nil
	}
	var metrics []experiments.Metric
	add := func(key string, value float64, err error) {
		if err == nil {
			metrics = append(metrics, experiments.Metric{Key: key, Value: value, Step: s.step, Timestamp: now.UnixMilli()})
		}
	}
	percent, err := s.process.Percent(0)
	add("system/process_cpu_percentage", percent, err)
	if memory, err := s.process.MemoryInfo(); err == nil {
		add("system/process_memory_megabytes", float64(memory.RSS)/1e6, nil)
	}
	if all, err := cpu.Percent(0, false); err == nil && len(all) == 1 {
		add("system/cpu_utilization_percentage", all[0], nil)
	}
	if memory, err := mem.VirtualMemory(); err == nil {
		add("system/system_memory_usage_megabytes", float64(memory.Used)/1e6, nil)
		add("system/system_memory_usage_percentage", memory.UsedPercent, nil)
	}
	s.step++
	return metrics
}
