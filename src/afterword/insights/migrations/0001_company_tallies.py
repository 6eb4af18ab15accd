import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0015_booleans'),
        ('workspaces', '0008_our_own_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='CompaniesCounted',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='companies_counted', serialize=False, to='workspaces.workspace')),
                ('at', models.DateTimeField()),
                ('seconds', models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name='CompanyTally',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='tally', serialize=False, to='customers.company')),
                ('customers', models.PositiveIntegerField()),
                ('last_answer_at', models.DateTimeField()),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', '-customers', '-company'], name='companies_by_customers'), models.Index(fields=['workspace', '-last_answer_at', '-company'], name='companies_by_answer')],
            },
        ),
    ]
